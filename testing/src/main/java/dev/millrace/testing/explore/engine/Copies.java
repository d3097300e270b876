package dev.millrace.testing.explore.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Classes of the JDK that block and are not modelled: the code under test gets copies of them under another name, which are rewritten as all else is. In place of
/// some it gets classes of ours: where the original is made for speed and does far more than can be gone through, or is what only the JDK may use.
///
/// The names are changed where a class file has them, in its constants: so in descriptors and signatures too. What the JDK knows these classes by, its interfaces, keeps its name.
final class Copies {
    private static final String PREFIX = "explored/";
    private static final String CONCURRENT = "java/util/concurrent/";
    static final String POOL = PREFIX + CONCURRENT + "ThreadPoolExecutor";
    private static final String OURS = "dev/millrace/testing/explore/twins/";

    private static final Map<String, String> TWINS = Map.of(
            CONCURRENT + "ForkJoinPool", OURS + "TwinForkJoinPool",
            CONCURRENT + "ForkJoinTask", OURS + "TwinForkJoinTask",
            CONCURRENT + "ForkJoinWorkerThread", OURS + "TwinForkJoinThread",
            CONCURRENT + "DelayScheduler", OURS + "TwinDelays",
            "jdk/internal/vm/SharedThreadContainer", OURS + "TwinContainer",
            "jdk/internal/misc/Unsafe", OURS + "TwinUnsafe");

    private static final String COPIED = "ArrayBlockingQueue|LinkedBlockingQueue|LinkedBlockingDeque|DelayQueue"
            + "|SynchronousQueue|LinkedTransferQueue|PriorityBlockingQueue|CyclicBarrier|BrokenBarrierException|Phaser"
            + "|Exchanger|FutureTask|AbstractExecutorService|ExecutorCompletionService|CompletableFuture"
            + "|CompletionStage|Helpers|ThreadPoolExecutor|RejectedExecutionHandler|ScheduledThreadPoolExecutor"
            + "|RecursiveTask|RecursiveAction|CountedCompleter"
            + "|locks/AbstractQueuedSynchronizer|locks/AbstractQueuedLongSynchronizer";

    private static final Pattern NAMES = Pattern.compile(
            "(?:" + String.join("|", TWINS.keySet()) + "|" + CONCURRENT + "(?:" + COPIED + "))(?![A-Za-z0-9_])");

    private static final List<byte[]> MARKS = Stream.of(CONCURRENT, "jdk/internal/")
            .map(name -> name.getBytes(StandardCharsets.ISO_8859_1)).toList();

    private Copies() {}

    static boolean isOne(String internalName) {
        return internalName.startsWith(PREFIX);
    }

    /// Whether the field, named as in a catalog, is of one.
    static boolean isField(String name) {
        return name.startsWith("explored.");
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
                    case 1 -> out.writeUTF(renamed(in.readUTF()));
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

    private static String renamed(String constant) {
        return NAMES.matcher(constant).replaceAll(found -> {
            String twin = TWINS.get(found.group());
            return twin == null ? PREFIX + found.group() : twin;
        });
    }

    private static boolean has(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            for (byte[] mark : MARKS) {
                if (bytes[i] == mark[0] && i + mark.length <= bytes.length
                        && Arrays.equals(bytes, i, i + mark.length, mark, 0, mark.length)) {
                    return true;
                }
            }
        }
        return false;
    }
}
