//! The engine against a small imitation of the server.
