"""Mercado Livre → Chatwoot: brings a thread up to date.

A job says only that something changed. The truth is read from Mercado Livre, compared with what the conversation
shows, and what is missing is added; so a first, repeated, late or recovered job does the same thing.
"""
