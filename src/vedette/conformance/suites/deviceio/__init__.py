"""The Device IO suite: relays, digital inputs, serial ports, and the sources and outputs of media."""
