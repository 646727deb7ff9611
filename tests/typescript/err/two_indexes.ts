type A = { [a: string]: 1; [b: number]: 1 }
