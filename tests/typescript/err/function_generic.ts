type A = <T>(x: T) => T
