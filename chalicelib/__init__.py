"""The bridge between Mercado Livre and Chatwoot: everything that runs on Lambda, except the entry points."""
