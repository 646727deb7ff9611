interface A { go(x: number): void }
