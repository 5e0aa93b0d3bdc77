"""Stand-ins for Mercado Livre and Chatwoot: they keep state, send webhooks, and refuse what the services refuse."""
