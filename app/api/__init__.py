"""The doors under /v1: one router a resource. A door reads the request, calls a feature, and answers; no more."""
