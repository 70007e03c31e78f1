package io.secateur.format;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Tells files apart by their first bytes; a file's name is never looked at. */
final class FileKind {
  /** How many first bytes of a file are enough to tell. */
  static final int HEAD_BYTES = 512;

  private static final String[][] SIGNATURES = {
    {"\u0089PNG", "a PNG image"},
    {"\u00ff\u00d8\u00ff", "a JPEG image"},
    {"GIF8", "a GIF image"},
    {"BM", "a BMP image"},
    {"\u001f\u008b", "a gzip archive"},
    {"BZh", "a bzip2 archive"},
    {"\u00fd7zXZ", "an xz archive"},
    {"7z\u00bc\u00af", "a 7z archive"},
    {"Rar!", "a RAR archive"},
    {"PK\u0005\u0006", "an empty zip archive"},
    {"\u0089HDF", "an HDF5 file, as Keras writes"},
    {"\u0093NUMPY", "a NumPy array"},
    {"GGUF", "a GGUF file"},
    {"%PDF", "a PDF"},
    {"\u007fELF", "a program (ELF)"},
    {"MZ", "a program (Windows)"},
    {
      "version https://git-lfs",
      "a Git LFS pointer, not the file it stands for (run 'git lfs pull')"
    },
    {"<", "a web page or XML"},
  };

  private FileKind() {}

  /**
   * The layout that {@code head}, the first bytes of a file, announces; empty if none that is
   * accepted.
   */
  static Optional<ModelFile.Layout> layout(byte[] head) {
    String start = new String(head, StandardCharsets.ISO_8859_1);
    if (start.startsWith("PK\u0003\u0004")) {
      return Optional.of(ModelFile.Layout.TORCH_ZIP);
    }
    if (onnx(head)) {
      return Optional.of(ModelFile.Layout.ONNX);
    }
    boolean binaryPickle =
        head.length >= 2 && (head[0] & 0xff) == 0x80 && head[1] >= 0 && head[1] <= 5;
    boolean textPickle = start.startsWith("L119547037146038801333356");
    if (head.length > 8 && head[8] == '{' && !textPickle) {
      return Optional.of(ModelFile.Layout.SAFETENSORS);
    }
    return binaryPickle || textPickle
        ? Optional.of(ModelFile.Layout.TORCH_LEGACY)
        : Optional.empty();
  }

  /** What an unaccepted file looks like, as a phrase: "a PNG image". */
  static String describe(byte[] head) {
    String start = new String(head, StandardCharsets.ISO_8859_1);
    for (String[] signature : SIGNATURES) {
      if (start.startsWith(signature[0])) {
        return signature[1];
      }
    }
    if (start.length() > 262 && start.startsWith("ustar", 257)) {
      return "a tar archive (as PyTorch before 0.1.10 wrote, or a packed folder)";
    }
    if (start.length() > 8 && start.startsWith("TFL3", 4)) {
      return "a TensorFlow Lite model";
    }
    boolean text =
        start.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t');
    return text ? "plain text" : "an unknown kind of file";
  }

  /**
   * Whether a protocol buffer begins whose first field is the version of ONNX's format, a small
   * number, and whose second is a text, a graph, an operator set or another number of a model.
   */
  private static boolean onnx(byte[] head) {
    return head.length > 3
        && head[0] == 8
        && head[1] > 0
        && head[1] < 32
        && "\u0012\u001a\"\u0028\u0032\u003a\u0042\u0072".indexOf(head[2]) >= 0;
  }
}
