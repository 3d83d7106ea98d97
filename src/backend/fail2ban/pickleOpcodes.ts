/**
 * The opcodes of Python's pickle format (protocols 0 to 5) that a Python 3 pickler writes for plain values,
 * and how each one's argument is laid out. Source: Python's documentation of `pickletools`.
 */
export const OP = {
	MARK: 0x28,
	STOP: 0x2e,
	POP: 0x30,
	POP_MARK: 0x31,
	DUP: 0x32,
	FLOAT: 0x46,
	INT: 0x49,
	BININT: 0x4a,
	BININT1: 0x4b,
	LONG: 0x4c,
	BININT2: 0x4d,
	NONE: 0x4e,
	REDUCE: 0x52,
	UNICODE: 0x56,
	BINUNICODE: 0x58,
	APPEND: 0x61,
	BUILD: 0x62,
	GLOBAL: 0x63,
	DICT: 0x64,
	APPENDS: 0x65,
	GET: 0x67,
	BINGET: 0x68,
	LONG_BINGET: 0x6a,
	LIST: 0x6c,
	PUT: 0x70,
	BINPUT: 0x71,
	LONG_BINPUT: 0x72,
	SETITEM: 0x73,
	TUPLE: 0x74,
	SETITEMS: 0x75,
	EMPTY_DICT: 0x7d,
	EMPTY_LIST: 0x5d,
	EMPTY_TUPLE: 0x29,
	BINFLOAT: 0x47,
	BINBYTES: 0x42,
	SHORT_BINBYTES: 0x43,
	PROTO: 0x80,
	NEWOBJ: 0x81,
	TUPLE1: 0x85,
	TUPLE2: 0x86,
	TUPLE3: 0x87,
	NEWTRUE: 0x88,
	NEWFALSE: 0x89,
	LONG1: 0x8a,
	LONG4: 0x8b,
	SHORT_BINUNICODE: 0x8c,
	BINUNICODE8: 0x8d,
	BINBYTES8: 0x8e,
	EMPTY_SET: 0x8f,
	ADDITEMS: 0x90,
	FROZENSET: 0x91,
	NEWOBJ_EX: 0x92,
	STACK_GLOBAL: 0x93,
	MEMOIZE: 0x94,
	FRAME: 0x95,
	BYTEARRAY8: 0x96,
} as const;

/** Shapes of an argument that is not a fixed number of bytes. */
export const LINE = -1;
export const TWO_LINES = -2;
export const LENGTH1 = -3;
export const LENGTH4 = -4;
export const LENGTH8 = -5;
/** Eight bytes of length, then so many bytes that hold whole opcodes. */
export const FRAMED = -6;

/**
 * Shape of each opcode's argument: its number of bytes, or one of the shapes above; undefined: no opcode
 * that we take. Persistent ids, extension codes and out-of-band buffers have no meaning here, and no
 * Python 3 pickler writes the opcodes of Python 2's byte strings and old-style instances.
 */
export const ARGUMENT: (number | undefined)[] = new Array(256).fill(undefined);
for (const code of Object.values(OP)) ARGUMENT[code] = 0;
for (const code of [OP.FLOAT, OP.INT, OP.LONG, OP.UNICODE, OP.GET, OP.PUT]) ARGUMENT[code] = LINE;
for (const code of [OP.BININT1, OP.BINGET, OP.BINPUT, OP.PROTO]) ARGUMENT[code] = 1;
for (const code of [OP.BININT, OP.LONG_BINGET, OP.LONG_BINPUT]) ARGUMENT[code] = 4;
for (const code of [OP.SHORT_BINBYTES, OP.LONG1, OP.SHORT_BINUNICODE]) ARGUMENT[code] = LENGTH1;
for (const code of [OP.BINUNICODE, OP.BINBYTES, OP.LONG4]) ARGUMENT[code] = LENGTH4;
for (const code of [OP.BINUNICODE8, OP.BINBYTES8, OP.BYTEARRAY8]) ARGUMENT[code] = LENGTH8;
ARGUMENT[OP.GLOBAL] = TWO_LINES;
ARGUMENT[OP.BININT2] = 2;
ARGUMENT[OP.BINFLOAT] = 8;
ARGUMENT[OP.FRAME] = FRAMED;
