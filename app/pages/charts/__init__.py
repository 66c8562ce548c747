"""The charts of the explorer, drawn as SVG on the server."""
