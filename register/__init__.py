"""The partner register: who is working with whom, at what stage, confirmed when, with what each side gives."""
