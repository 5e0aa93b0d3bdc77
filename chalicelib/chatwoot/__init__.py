"""All that the bridge knows of Chatwoot."""
