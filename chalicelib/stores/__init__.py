"""What the bridge remembers, in DynamoDB."""
