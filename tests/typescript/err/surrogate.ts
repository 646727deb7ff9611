type A = "\uD800"
