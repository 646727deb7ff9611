type A = ?string
