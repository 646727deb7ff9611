type A = { s: Set<string> }
