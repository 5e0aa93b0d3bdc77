"""The whole bridge on one machine: embedded AWS, the app over HTTP, its queues and schedule, and both simulators."""
