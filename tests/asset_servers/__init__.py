"""Local servers that speak the formats of the publishers of community assets, well or badly to order."""
