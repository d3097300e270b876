package dev.millrace.testing.explore.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/// Classes of the JDK that block and are not modelled: the code under test gets copies of them under another name, which are rewritten as all else is.
///
/// The names are changed where a class file has them, in its constants: so in descriptors and signatures too. What the JDK knows these classes by, its interfaces, keeps its name.
final class Copies {
    private static final String PREFIX = "explored/";

    private static final Pattern NAMES = Pattern.compile("java/util/concurrent/(ArrayBlockingQueue|LinkedBlockingQueue"
            + "|LinkedBlockingDeque|DelayQueue|SynchronousQueue|LinkedTransferQueue|CyclicBarrier|BrokenBarrierException"
            + "|Phaser|Exchanger|FutureTask|AbstractExecutorService|ExecutorCompletionService|CompletableFuture"
            + "|CompletionStage|Helpers)(?![A-Za-z0-9_])");

    private static final byte[] MARK = "java/util/concurrent/".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

    private Copies() {}

    static boolean isOne(String internalName) {
        return internalName.startsWith(PREFIX);
    }

    /// Whose copy it is.
    static String original(String internalName) {
        return internalName.substring(PREFIX.length());
    }

    /// The class with the names of copies in place of those of the originals.
    static byte[] renamed(byte[] bytes) {
        if (!has(bytes)) {
            return bytes;
        }
        try {
            var in = new DataInputStream(new ByteArrayInputStream(bytes));
            var result = new ByteArrayOutputStream(bytes.length + 256);
            var out = new DataOutputStream(result);
            out.writeInt(in.readInt());
            out.writeInt(in.readInt());
            int count = in.readUnsignedShort();
            out.writeShort(count);
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                out.writeByte(tag);
                switch (tag) {
                    case 1 -> out.writeUTF(NAMES.matcher(in.readUTF()).replaceAll(PREFIX + "$0"));
                    case 7, 8, 16, 19, 20 -> out.writeShort(in.readUnsignedShort());
                    case 15 -> {
                        out.writeByte(in.readUnsignedByte());
                        out.writeShort(in.readUnsignedShort());
                    }
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> out.writeInt(in.readInt());
                    case 5, 6 -> {
                        out.writeLong(in.readLong());
                        i++;
                    }
                    default -> throw new IOException("a constant of kind " + tag);
                }
            }
            in.transferTo(out);
            return result.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean has(byte[] bytes) {
        for (int i = 0; i + MARK.length <= bytes.length; i++) {
            int j = 0;
            while (j < MARK.length && bytes[i + j] == MARK[j]) {
                j++;
            }
            if (j == MARK.length) {
                return true;
            }
        }
        return false;
    }
}
