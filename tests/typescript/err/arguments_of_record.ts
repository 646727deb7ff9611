type A = Record<string>
