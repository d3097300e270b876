package dev.millrace.cli;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.TaskGroup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// The MD5 digests of file trees: one task walks, a bounded number of others read. Go's `MD5All` with any file name.
///
/// A tree is what `find -type f` finds: symbolic links in it are not followed, what is neither file nor directory is passed
/// over; an argument itself may be a link.
///
/// Memory is bounded by the number of files: their names and digests, and one piece of a file per reader.
final class Digests {
    /// A read is at most this much, and between two the context is looked at.
    private static final int PIECE = 1 << 20;

    /// How long a cancelled run waits for its tasks. One that hangs in the kernel, as on a dead network disk, hears nothing.
    private static final Duration GRACE = Duration.ofMillis(50);

    /// One file's digest, as 32 hexadecimal digits.
    record Line(FileName name, String digest) {}

    /// A file that could not be read.
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient FileName name;

        UnreadableException(FileName name, String reason) {
            super(name + ": " + reason, null, false, false);
            this.name = name;
        }

        FileName name() {
            return name;
        }
    }

    /// What a run found, each list sorted by name.
    record Result(List<Line> lines, List<UnreadableException> failures) {}

    /// How files are opened.
    interface Opener {
        InputStream open(Path file) throws IOException;
    }

    private final int limit;
    private final boolean keepGoing;
    private final Progress progress;
    private final Opener opener;
    private final Collection<Line> lines = Collections.synchronizedCollection(new ArrayList<>());
    private final Collection<UnreadableException> failures = Collections.synchronizedCollection(new ArrayList<>());

    /// @param limit how many files are read at once
    /// @param keepGoing whether an unreadable file is only noted; else the first one ends the run
    Digests(int limit, boolean keepGoing, Progress progress, Opener opener) {
        this.limit = limit;
        this.keepGoing = keepGoing;
        this.progress = progress;
        this.opener = opener;
    }

    /// Digests all files below `roots`.
    ///
    /// @throws UnreadableException when a file cannot be read and the run does not keep going; all readers have stopped
    /// @throws ContextException when `ctx` ends first; readers that did not stop within 50 ms are left behind
    Result run(Context ctx, List<FileName> roots) throws Exception {
        @SuppressWarnings("resource") // closing waits for all tasks; every way out of here has done so, or must not
        TaskGroup group = TaskGroup.open(ctx).limit(limit + 1); // and the walk
        group.go("walk", c -> walk(c, group, roots));
        try {
            group.join(ctx);
        } catch (ContextException e) {
            awaitStop(group);
            throw e;
        }
        return new Result(
                sorted(lines, Comparator.comparing(Line::name)),
                sorted(failures, Comparator.comparing(UnreadableException::name)));
    }

    private static void awaitStop(TaskGroup group) throws Exception {
        try (var grace = Context.background().withTimeout(GRACE)) {
            group.join(grace);
        } catch (ContextException | UnreadableException _) {
            // the tasks have ended as they were told to, or the grace is over
        }
    }

    private static <T> List<T> sorted(Collection<T> all, Comparator<T> order) {
        var list = new ArrayList<>(all);
        list.sort(order);
        return list;
    }

    private void walk(Context ctx, TaskGroup group, List<FileName> roots) throws UnreadableException {
        for (FileName root : roots) {
            try {
                walk(ctx, group, root, attributes(root));
            } catch (IOException e) {
                failed(root, e);
            }
        }
    }

    private static BasicFileAttributes attributes(FileName root) throws IOException {
        if (root.isEmpty()) {
            throw new NoSuchFileException(""); // to Java it would be the working directory
        }
        var attributes = Files.readAttributes(root.path(), BasicFileAttributes.class);
        if (attributes.isOther()) {
            throw new FileSystemException(root.toString(), null, "neither a file nor a directory");
        }
        return attributes;
    }

    private void walk(Context ctx, TaskGroup group, FileName root, BasicFileAttributes attributes)
            throws UnreadableException {
        if (attributes.isRegularFile()) {
            start(group, root, attributes.size());
            return;
        }
        var directories = new ArrayDeque<FileName>();
        directories.push(root);
        while (!directories.isEmpty()) {
            FileName directory = directories.pop();
            try (var entries = Files.newDirectoryStream(directory.path())) {
                list(ctx, group, directory, entries, directories);
            } catch (DirectoryIteratorException e) {
                failed(directory, Objects.requireNonNull(e.getCause()));
            } catch (IOException e) {
                failed(directory, e);
            }
        }
    }

    private void list(Context ctx, TaskGroup group, FileName directory, DirectoryStream<Path> entries,
            ArrayDeque<FileName> directories) throws UnreadableException {
        for (Path entry : entries) {
            ctx.check();
            FileName name = directory.child(entry);
            try {
                var attributes =
                        Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isDirectory()) {
                    directories.push(name);
                } else if (attributes.isRegularFile()) {
                    start(group, name, attributes.size());
                }
            } catch (IOException e) {
                failed(name, e);
            }
        }
    }

    private void start(TaskGroup group, FileName name, long size) {
        progress.found(size);
        group.go(c -> digest(c, name, size));
    }

    private void digest(Context ctx, FileName name, long size) throws UnreadableException {
        ctx.check();
        try (var in = opener.open(name.path())) {
            MessageDigest md5 = md5();
            byte[] piece = new byte[Math.clamp(size + 1, 512, PIECE)];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                md5.update(piece, 0, n);
                progress.done(n);
                ctx.check();
            }
            lines.add(new Line(name, HexFormat.of().formatHex(md5.digest())));
        } catch (IOException e) {
            failed(name, e);
        }
    }

    private void failed(FileName name, IOException e) throws UnreadableException {
        var failure = new UnreadableException(name, FileReason.of(e));
        if (!keepGoing) {
            throw failure;
        }
        failures.add(failure);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has MD5", e);
        }
    }
}
