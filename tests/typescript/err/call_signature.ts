interface A { (x: number): string }
