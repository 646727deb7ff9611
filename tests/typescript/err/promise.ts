type A = Promise<string>
