"""The JSON API under /v1: one router for each resource.

A route handler validates the request, calls a function of another package, and builds the response.
"""
