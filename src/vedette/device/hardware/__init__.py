"""What is outside this program: ports and the drivers that satisfy them."""
