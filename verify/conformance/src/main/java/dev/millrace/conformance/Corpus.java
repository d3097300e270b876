package dev.millrace.conformance;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Files of programs, one program a line, plain or compressed by gzip. They are read as they are asked for.
///
/// ```java
/// var corpus = Corpus.shipped();
/// try (var programs = corpus.open(false)) {
///     for (Corpus.Line line = programs.next(); line != null; line = programs.next()) {
///         Verdict verdict = conformance.run(line.program());
///     }
/// }
/// ```
public final class Corpus {
    private static final List<String> SHIPPED =
            List.of("channel.jsonl.gz", "context.jsonl.gz", "data.jsonl.gz", "sync.jsonl.gz");

    private final List<Source> sources;

    private Corpus(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    /// A program, and how many characters its line has.
    public record Line(Program program, long size) {}

    private interface Opener {
        InputStream open() throws IOException;
    }

    private record Source(String name, long size, Opener opener) {}

    /// The corpus that comes with the library.
    public static Corpus shipped() {
        var sources = new ArrayList<Source>();
        for (String name : SHIPPED) {
            byte[] zipped = resource("corpus/" + name);
            sources.add(
                    new Source(name, unzippedSize(ByteBuffer.wrap(zipped)), () -> new ByteArrayInputStream(zipped)));
        }
        return new Corpus(sources);
    }

    private static byte[] resource(String name) {
        try (InputStream in = Corpus.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name + " is missing from the jar").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The files in `paths`, and the files called `*.jsonl` or `*.jsonl.gz` below those that are directories, sorted by name.
    ///
    /// @throws BadCorpusException when one of them is not there or is a directory without such files
    public static Corpus of(List<Path> paths) throws BadCorpusException {
        var sources = new ArrayList<Source>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new BadCorpusException("expected a file or a directory, there is no " + path);
            }
            if (!Files.isDirectory(path)) {
                sources.add(source(path));
                continue;
            }
            int before = sources.size();
            try (Stream<Path> below = Files.walk(path)) {
                below.filter(p -> Files.isRegularFile(p) && isCorpus(p)).sorted().map(Corpus::source)
                        .forEach(sources::add);
            } catch (IOException | UncheckedIOException e) {
                throw new BadCorpusException("cannot read " + path + ": " + reason(e));
            }
            if (sources.size() == before) {
                throw new BadCorpusException(
                        "expected files called *.jsonl or *.jsonl.gz in " + path + ", there is none");
            }
        }
        return new Corpus(sources);
    }

    private static boolean isCorpus(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.endsWith(".jsonl") || name.endsWith(".jsonl.gz");
    }

    private static Source source(Path path) {
        return new Source(path.toString(), size(path), () -> Files.newInputStream(path));
    }

    /// How long the text is, as far as that is known beforehand; gzip says it in its last four bytes.
    private static long size(Path path) {
        try {
            if (!Files.isRegularFile(path)) {
                return 0;
            }
            long size = Files.size(path);
            if (!path.toString().endsWith(".gz") || size < 4) {
                return size;
            }
            try (var file = FileChannel.open(path)) {
                var last = ByteBuffer.allocate(4);
                file.read(last, size - 4);
                return last.hasRemaining() ? 0 : unzippedSize(last);
            }
        } catch (IOException e) {
            return 0; // it is said when the file is read
        }
    }

    private static long unzippedSize(ByteBuffer zipped) {
        return Integer.toUnsignedLong(zipped.order(ByteOrder.LITTLE_ENDIAN).getInt(zipped.limit() - 4));
    }

    static String reason(Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        return switch (cause) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            default -> cause.getMessage() == null ? cause.toString() : cause.getMessage();
        };
    }

    /// How many bytes of text there are, as far as is known beforehand.
    public long bytes() {
        return sources.stream().mapToLong(Source::size).sum();
    }

    /// Begins to read.
    ///
    /// @param inTurn a program of each file in turn, instead of file by file
    public Cursor open(boolean inTurn) {
        return new Cursor(sources.stream().map(Open::new).toList(), inTurn);
    }

    /// A reader's place. For one thread.
    public static final class Cursor implements AutoCloseable {
        private final List<Open> open;
        private final boolean inTurn;
        private int at;

        private Cursor(List<Open> sources, boolean inTurn) {
            this.open = new ArrayList<>(sources);
            this.inTurn = inTurn;
        }

        /// The next program, null behind the last.
        ///
        /// @throws BadCorpusException when the line is no program, or the file cannot be read
        public @Nullable Line next() throws BadCorpusException {
            while (!open.isEmpty()) {
                Open source = open.get(at);
                Line line = source.next();
                if (line != null) {
                    at = inTurn ? (at + 1) % open.size() : at;
                    return line;
                }
                source.close();
                open.remove(at);
                at = open.isEmpty() ? 0 : at % open.size();
            }
            return null;
        }

        @Override
        public void close() {
            open.forEach(Open::close);
        }
    }

    /// One file that is being read.
    private static final class Open {
        private final Source source;
        private final Map<String, Integer> ids = new HashMap<>();
        private @Nullable BufferedReader reader;
        private int number;

        Open(Source source) {
            this.source = source;
        }

        @Nullable Line next() throws BadCorpusException {
            String line;
            try {
                if (reader == null) {
                    reader = new BufferedReader(
                            new InputStreamReader(unzipped(source.opener.open()), StandardCharsets.UTF_8.newDecoder()),
                            1 << 16);
                }
                line = reader.readLine();
            } catch (CharacterCodingException e) {
                throw new BadCorpusException(source.name + ":" + (number + 1) + ": expected UTF-8, was something else");
            } catch (ZipException | java.io.EOFException e) {
                throw new BadCorpusException(
                        source.name + ":" + (number + 1) + ": expected the rest of a gzip file: " + reason(e));
            } catch (IOException e) {
                throw new BadCorpusException("cannot read " + source.name + ": " + reason(e));
            }
            if (line == null) {
                if (number == 0) {
                    throw new BadCorpusException(source.name + ":1: expected a program, the file is empty");
                }
                return null;
            }
            number++;
            try {
                Program program = LineReader.read(line);
                Integer before = ids.putIfAbsent(program.id(), number);
                if (before != null) {
                    throw new BadLineException(1,
                            "expected a new id, \"" + program.id() + "\" is that of line " + before + " already");
                }
                return new Line(program, line.length() + 1L);
            } catch (BadLineException e) {
                throw new BadCorpusException(source.name + ":" + number + ":" + e.column + ": " + e.getMessage());
            }
        }

        private static InputStream unzipped(InputStream in) throws IOException {
            var buffered = new BufferedInputStream(in);
            buffered.mark(2);
            boolean zipped = buffered.read() == 0x1f && buffered.read() == 0x8b;
            buffered.reset();
            return zipped ? new GZIPInputStream(buffered, 1 << 16) : buffered;
        }

        void close() {
            if (reader != null) {
                try {
                    reader.close();
                } catch (IOException _) {
                    // it was only read
                }
            }
        }
    }
}
