"""A bounded load with the shape of a live sale, made of illustrative orders."""
