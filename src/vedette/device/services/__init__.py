"""The handlers of each service: request to domain to response."""
