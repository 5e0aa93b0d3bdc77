"""All that the bridge knows of Mercado Livre."""
