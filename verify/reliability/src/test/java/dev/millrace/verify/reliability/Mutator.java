package dev.millrace.verify.reliability;

import java.util.List;
import java.util.SplittableRandom;

/// Bad input: something right, changed in a few places; or pieces in any order. The same seed gives the same inputs.
final class Mutator {
    private static final List<String> NASTY =
            List.of("", " ", "\t", "\r\n", "\n", "\0", "\u00e9", "\u00b5", "\ud800", "\udc00", "\ud83d\ude00",
                    "\u202e", "\ufeff", "\u0661", "%", "%00", "%0a", "%ff", "%F", "\"", "'", "\\", "\\u0000", "-", "+",
                    "-1", "0", "00",
                    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "2147483648", "1e400",
                    "1e-400", "NaN", "Infinity",
                    "0x10", "1_000", ".", "..", "/", "//", ":", "::", "[", "]", "{", "}", "[[[[[[[[", "{\"a\":", ",",
                    ",,", ";", "=", "==", "!", "#", "null",
                    "true", "$", "${x}", "@", "*", "~", "%n", "%s", "--", "--help", "\u007f", "\u001b[31m",
                    "\u001f\u008b\b\0\0\0\0\0\0\u0003");
    private static final int LONGEST = 20_000;

    private final SplittableRandom random;
    private final List<String> right;

    /// @param right examples of what is right
    Mutator(long seed, List<String> right) {
        this.random = new SplittableRandom(seed);
        this.right = right;
    }

    int number(int bound) {
        return random.nextInt(bound);
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    String next() {
        int kind = random.nextInt(16);
        if (kind == 0) {
            return pieces();
        }
        if (kind == 1) {
            return characters();
        }
        var text = new StringBuilder(one(right));
        for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
            change(text);
        }
        if (text.length() > LONGEST) {
            text.setLength(LONGEST);
        }
        return text.toString();
    }

    private String pieces() {
        var text = new StringBuilder();
        for (int n = random.nextInt(8); n > 0; n--) {
            text.append(one(random.nextBoolean() ? NASTY : right));
        }
        return text.toString();
    }

    private String characters() {
        var text = new StringBuilder();
        for (int n = random.nextInt(40); n > 0; n--) {
            text.append(character());
        }
        return text.toString();
    }

    private char character() {
        return (char) switch (random.nextInt(8)) {
            case 0 -> random.nextInt(0x10000);
            case 1 -> random.nextInt(32);
            default -> 32 + random.nextInt(95);
        };
    }

    private void change(StringBuilder text) {
        int length = text.length();
        int at = random.nextInt(length + 1);
        int to = Math.min(length, at + random.nextInt(1, 9));
        switch (random.nextInt(9)) {
            case 0 -> text.insert(at, one(NASTY));
            case 1 -> text.delete(at, to);
            case 2 -> text.replace(at, to, one(NASTY));
            case 3 -> text.insert(at, text.substring(at, to));
            case 4 -> text.setLength(at);
            case 5 -> text.insert(at, one(right));
            case 6 -> {
                if (at < length) {
                    text.setCharAt(at, (char) (text.charAt(at) ^ 1 << random.nextInt(7)));
                }
            }
            case 7 -> text.insert(at, character());
            default -> {
                if (random.nextInt(50) == 0) { // seldom: long input takes long
                    text.insert(at, text.substring(at, to).repeat(random.nextInt(1, 500)));
                } else {
                    text.append(text.substring(at, to));
                }
            }
        }
    }
}
