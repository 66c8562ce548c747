"""HTTP code that all routes share: read and write routes, responses, errors, keys, cache, request log, OpenAPI."""
