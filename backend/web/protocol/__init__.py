"""What stands between connections and the application: uvicorn's protocols, bounded."""
