"""The desk's API: for programs of people who have signed in; described in docs/api/desk.openapi.json."""
