#include "textflag.h"

// MARK32 puts the stops among 32 bytes into OUT. Y8 holds quotes, Y9 backslashes, Y10 the
// last control character: what is at most that is equal to its minimum with it.
#define MARK32(IN, OUT) \
	VPCMPEQB IN, Y8, Y1; \
	VPCMPEQB IN, Y9, Y2; \
	VPMINUB IN, Y10, Y3; \
	VPCMPEQB IN, Y3, Y3; \
	VPOR Y1, Y2, Y1; \
	VPOR Y1, Y3, Y1; \
	VPMOVMSKB Y1, OUT

// CHECK32 adds what is not UTF-8 among 32 bytes to Y15; BEFORE are the 32 bytes in front of
// them. Each byte is looked up together with the one in front of it: by the halves of
// that and by its own upper half. What the three tables agree on is a mistake, but for the
// second of two continuing bytes, which must stand where a character of three or four bytes
// started two or three bytes before. This is the algorithm of John Keiser and Daniel Lemire, Validating UTF-8
// In Less Than One Instruction Per Byte, 2020.
#define CHECK32(IN, BEFORE) \
	VPERM2I128 $0x21, IN, BEFORE, Y1; \
	VPALIGNR $13, Y1, IN, Y2; \
	VPALIGNR $14, Y1, IN, Y3; \
	VPALIGNR $15, Y1, IN, Y1; \
	VPSUBUSB fours<>(SB), Y2, Y2; \
	VPSUBUSB threes<>(SB), Y3, Y3; \
	VPOR Y2, Y3, Y3; \
	VPAND highs<>(SB), Y3, Y3; \
	VPAND Y14, Y1, Y2; \
	VPSHUFB Y2, Y12, Y2; \
	VPSRLW $4, Y1, Y1; \
	VPAND Y14, Y1, Y1; \
	VPSHUFB Y1, Y11, Y1; \
	VPAND Y1, Y2, Y2; \
	VPSRLW $4, IN, Y1; \
	VPAND Y14, Y1, Y1; \
	VPSHUFB Y1, Y13, Y1; \
	VPAND Y1, Y2, Y2; \
	VPXOR Y2, Y3, Y2; \
	VPOR Y2, Y15, Y15

#define FILL(byte, X, Y) \
	MOVQ byte, AX; \
	MOVQ AX, X; \
	VPBROADCASTB X, Y

#define WORDS4(name, word) \
	DATA name<>+0(SB)/8, word; \
	DATA name<>+8(SB)/8, word; \
	DATA name<>+16(SB)/8, word; \
	DATA name<>+24(SB)/8, word; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

#define TABLE(name, low, high) \
	DATA name<>+0(SB)/8, low; \
	DATA name<>+8(SB)/8, high; \
	GLOBL name<>(SB), RODATA|NOPTR, $16

// Less these, only the first bytes of characters of three bytes or more, and of four, have
// the highest bit.
WORDS4(threes, $0x6060606060606060)
WORDS4(fours, $0x7070707070707070)
WORDS4(highs, $0x8080808080808080)

// Mistakes as bits, by the upper half of the first of two bytes, by its lower half and by the
// upper half of the second:
//
//	0x01 too short: a character starts and does not go on
//	0x02 too long: ASCII goes on
//	0x04 three bytes for what fits into two
//	0x08 beyond U+10FFFF, from f4 90 on
//	0x10 half of a surrogate pair
//	0x20 two bytes for ASCII
//	0x40 four bytes for what fits into three, and beyond U+10FFFF from f5 on
//	0x80 two continuing bytes
TABLE(firsts, $0x0202020202020202, $0x4915012180808080)
TABLE(lowers, $0xcbcbcb8b8383a3e7, $0xcbcbdbcbcbcbcbcb)
TABLE(seconds, $0x0101010101010101, $0x01010101babaaee6)

// func markAVX2(data, stops *byte, blocks int) (ok bool)
TEXT ·markAVX2(SB), NOSPLIT, $0-25
	MOVQ data+0(FP), SI
	MOVQ stops+8(FP), DI
	MOVQ blocks+16(FP), CX
	FILL($0x22, X8, Y8)
	FILL($0x5c, X9, Y9)
	FILL($0x1f, X10, Y10)
	FILL($0x0f, X14, Y14)
	VBROADCASTI128 firsts<>(SB), Y11
	VBROADCASTI128 lowers<>(SB), Y12
	VBROADCASTI128 seconds<>(SB), Y13
	VPXOR Y15, Y15, Y15
	VPXOR Y7, Y7, Y7 // the 32 bytes in front
	XORL R10, R10    // which of the 64 bytes in front are not ASCII
	TESTQ CX, CX
	JZ done

next:
	VMOVDQU (SI), Y5
	VMOVDQU 32(SI), Y6
	MARK32(Y5, R8)
	MARK32(Y6, R9)
	SHLQ $32, R9
	ORQ R9, R8
	MOVQ R8, (DI)
	VPOR Y5, Y6, Y1
	VPMOVMSKB Y1, AX
	ORL AX, R10
	JZ ascii // here and in front, where a character may have been left unfinished
	CHECK32(Y5, Y7)
	CHECK32(Y6, Y5)

ascii:
	MOVL AX, R10
	VMOVDQA Y6, Y7
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ next

done:
	VPTEST Y15, Y15
	SETEQ ok+24(FP)
	VZEROUPPER
	RET
