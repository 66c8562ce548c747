"""The HTTP edge that all routes share: read and write routes, answers, errors, keys, the cache, the log, OpenAPI."""
