package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.SendChan;
import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// The MD5 sums of all files below a folder, by one walker and twenty digesters.
final class Md5All extends Example {
    Md5All() {
        super("md5all");
    }

    // region main
    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var roots = options.rest();
        var root = Path.of(roots.isEmpty() ? "." : roots.getFirst());
        try {
            md5All(ctx, root).forEach(
                    (path, sum) -> out.println(path + ":\t" + HexFormat.of().formatHex(sum)));
            return 0;
        } catch (IOException e) {
            throw new Failed(e);
        }
    }
    // endregion

    /// How a file is read: [Files#readAllBytes], but in tests.
    interface Reader {
        byte[] read(Path file) throws IOException;
    }

    static Map<Path, byte[]> md5All(Context ctx, Path root) throws Exception {
        return md5All(ctx, root, Files::readAllBytes);
    }

    // region md5-all
    private static final int DIGESTERS = 20;

    @SuppressWarnings("ArrayRecordComponent") // made once, read once
    private record Sum(Path path, byte[] md5) {}

    static Map<Path, byte[]> md5All(Context ctx, Path root, Reader reader) throws Exception {
        try (var group = TaskGroup.open(ctx)) {
            var paths = Chan.<Path>unbuffered();
            group.go("walk", c -> walk(c, root, paths));

            var sums = Chan.<Sum>unbuffered();
            for (int i = 0; i < DIGESTERS; i++) {
                group.go("digest", c -> digest(c, paths, reader, sums));
            }
            go(() -> closeAfter(group, sums));

            var all = new TreeMap<Path, byte[]>();
            for (var sum : sums) {
                all.put(sum.path, sum.md5);
            }
            group.join(); // throws the first failure
            return all;
        }
    }
    // endregion

    // region walk
    private static void walk(Context ctx, Path root, SendChan<Path> paths) throws IOException {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        paths.send(ctx, file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } finally {
            paths.close();
        }
    }
    // endregion

    // region digest
    private static void digest(Context ctx, ReceiveChan<Path> paths, Reader reader, SendChan<Sum> sums)
            throws Exception {
        for (var path : paths) {
            byte[] content = reader.read(path);
            sums.send(ctx, new Sum(path, MessageDigest.getInstance("MD5").digest(content)));
        }
    }
    // endregion

    // region close
    private static void closeAfter(TaskGroup group, SendChan<Sum> sums) {
        try {
            group.join();
        } catch (Exception _) {
            // the join in md5All throws it too, and there it is handled
        } finally {
            sums.close();
        }
    }
    // endregion
}
