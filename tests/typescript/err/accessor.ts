interface A { get a(): string }
