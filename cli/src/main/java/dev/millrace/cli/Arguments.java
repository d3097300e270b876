package dev.millrace.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line as it was typed. The JVM decodes it with the locale's encoding and loses what does not fit; Linux still has
/// the bytes.
final class Arguments {
    private Arguments() {}

    /// The arguments decoded as UTF-8, with `U+DC80` to `U+DCFF` for bytes that are not UTF-8. Where the system does not tell
    /// the bytes they are answered as the JVM has them.
    static String[] exact(String[] asDecoded) {
        try {
            return exact(asDecoded, Files.readAllBytes(Path.of("/proc/self/cmdline")));
        } catch (IOException e) {
            return asDecoded;
        }
    }

    static String[] exact(String[] asDecoded, byte[] commandLine) {
        List<String> all = split(commandLine);
        int before = all.size() - asDecoded.length;
        if (before < 1) {
            return asDecoded;
        }
        String[] exact = all.subList(before, all.size()).toArray(String[]::new);
        for (int i = 0; i < exact.length; i++) {
            boolean plain = exact[i].chars().allMatch(c -> c < 0x80);
            if (plain && !exact[i].equals(asDecoded[i])) {
                return asDecoded; // something has rewritten the arguments on their way here
            }
        }
        return exact;
    }

    private static List<String> split(byte[] commandLine) {
        var all = new ArrayList<String>();
        var one = new ByteArrayOutputStream();
        for (byte b : commandLine) {
            if (b == 0) {
                all.add(decode(one.toByteArray()));
                one.reset();
            } else {
                one.write(b);
            }
        }
        return all;
    }

    private static String decode(byte[] bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        while (decoder.reset().decode(in, chars, true).isError()) {
            chars.put((char) (0xDC00 + (in.get() & 0xFF)));
        }
        return chars.flip().toString();
    }
}
