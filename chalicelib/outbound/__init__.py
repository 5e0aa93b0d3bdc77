"""Chatwoot → Mercado Livre: delivers an agent's reply and tells its outcome in the conversation.

What is sent to Mercado Livre cannot be taken back. So the intent is stored before it is sent and the result after it;
an intent without a result is looked up at Mercado Livre before anything is sent again.
"""
