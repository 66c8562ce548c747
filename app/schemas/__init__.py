"""The one document: Pydantic shapes that are seed YAML, request body, export line and JSON Schema alike."""
