"""Users, passwords, policy: who may do what."""
