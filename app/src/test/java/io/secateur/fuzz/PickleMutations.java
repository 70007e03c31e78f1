package io.secateur.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Changes to a pickle, instruction by instruction. */
final class PickleMutations {
  /** What a hostile pickle would run, if any could. */
  static final String CANARY = "executed";

  private static final String BYTE = "KUqhC\u0080\u0082\u008a\u008c";
  private static final String SHORT = "M\u0083";
  private static final String INT = "Jrj\u0084";
  private static final String LONG = "G\u0095";
  private static final String LINE = "ILFSVpgP";
  private static final String COUNTED_1 = "UC\u008a\u008c";
  private static final String COUNTED_4 = "TXB\u008b";
  private static final String COUNTED_8 = "\u008d\u008e\u0096";
  private static final String KNOWN =
      BYTE
          + SHORT
          + INT
          + LONG
          + LINE
          + COUNTED_4
          + COUNTED_8
          + "ci(.012NR)tl\u0091\u0085\u0086\u0087]\u008fae\u0090}dsu\u0094bQ\u0081\u0092\u0093\u0088\u0089";

  private static final List<String> SNIPPETS =
      List.of(
          "(",
          "t",
          "}",
          "]",
          ")",
          "R",
          "b",
          "s",
          "u",
          "a",
          "e",
          "d",
          "0",
          "1",
          "2",
          "N",
          "Q",
          ".",
          "\u0081",
          "\u0085",
          "\u0086",
          "\u0087",
          "\u0088",
          "\u0093",
          "\u0094",
          "\u008f",
          "\u0090",
          "\u0091",
          "I-1\n",
          "I00\n",
          "L9999999999999999999999L\n",
          "Fnan\n",
          "F1e999\n",
          "F0x1p3d\n",
          "S'x'\n",
          "Vx\n",
          "J\u00ff\u00ff\u00ff\u00ff",
          "J\u00ff\u00ff\u00ff\u007f",
          "K\u0000",
          "K\u0001",
          "M\u00ff\u00ff",
          "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
          "\u008a\u0000",
          "q\u0001",
          "h\u0001",
          "X\u0000\u0000\u0000\u0000",
          "X\u0001\u0000\u0000\u0000>",
          "U\u0001<",
          "C\u0001x",
          "B\u0000\u0000\u0000\u0000",
          "cposix\nsystem\n(S'touch " + CANARY + "'\ntR",
          "cos\nsystem\n",
          "cbuiltins\neval\n",
          "ccollections\nOrderedDict\n",
          "ccollections\nOrderedDict\n)R",
          "ctorch\nFloatStorage\n",
          "ctorch\nBoolStorage\n",
          "ctorch\nSize\n",
          "cnumpy\ndtype\n(S'f8'\ntR",
          "cnumpy.core.multiarray\nscalar\n",
          "c_codecs\nencode\n(S'x'\nS'latin1'\ntR",
          "cargparse\nNamespace\n)\u0081",
          "ctorch._utils\n_rebuild_parameter\n",
          "ctorch._utils\n_rebuild_tensor_v2\n",
          "ctorch.nn.parameter\nParameter\n");

  private PickleMutations() {}

  static byte[] of(byte[] file, byte[] other, Draws draws) {
    if (draws.once(15)) {
      return ByteMutations.of(file, other, draws);
    }
    List<byte[]> program = program(file);
    for (int edits = draws.few(4); edits > 0; edits--) {
      edit(program, program(other), draws);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] instruction : program) {
      if (out.size() < Mutation.LONGEST) {
        out.writeBytes(instruction);
      }
    }
    return out.toByteArray();
  }

  /** The instructions, and in one piece what is none. */
  private static List<byte[]> program(byte[] file) {
    List<byte[]> program = new ArrayList<>();
    int at = 0;
    while (at < file.length && KNOWN.indexOf(file[at] & 0xff) >= 0) {
      int end = Math.min(file.length, at + length(file, at));
      program.add(Arrays.copyOfRange(file, at, end));
      at = end;
    }
    if (at < file.length || program.isEmpty()) {
      program.add(Arrays.copyOfRange(file, at, file.length));
    }
    return program;
  }

  private static int length(byte[] file, int at) {
    int code = file[at] & 0xff;
    if (COUNTED_1.indexOf(code) >= 0) {
      return 2 + count(file, at + 1, 1);
    } else if (COUNTED_4.indexOf(code) >= 0) {
      return 5 + count(file, at + 1, 4);
    } else if (COUNTED_8.indexOf(code) >= 0) {
      return 9 + count(file, at + 1, 4);
    } else if (LINE.indexOf(code) >= 0) {
      return line(file, at) - at;
    } else if (code == 'c' || code == 'i') {
      return line(file, line(file, at)) - at;
    }
    int operand = INT.indexOf(code) >= 0 ? 4 : LONG.indexOf(code) >= 0 ? 8 : 0;
    return 1 + (BYTE.indexOf(code) >= 0 ? 1 : SHORT.indexOf(code) >= 0 ? 2 : operand);
  }

  private static int count(byte[] file, int at, int width) {
    long count = 0;
    for (int i = 0; i < width && at + i < file.length; i++) {
      count |= (file[at + i] & 0xffL) << 8 * i;
    }
    return (int) Math.min(count, file.length);
  }

  private static int line(byte[] file, int from) {
    int at = from;
    while (at < file.length && file[at] != '\n') {
      at++;
    }
    return Math.min(file.length, at + 1);
  }

  private static void edit(List<byte[]> program, List<byte[]> foreign, Draws draws) {
    if (program.isEmpty()) {
      program.addAll(foreign);
    }
    int at = draws.below(program.size());
    switch (draws.below(8)) {
      case 0 -> program.remove(at);
      case 1, 2 -> program.add(at, draws.of(SNIPPETS).getBytes(StandardCharsets.ISO_8859_1));
      case 3 -> program.set(at, draws.of(SNIPPETS).getBytes(StandardCharsets.ISO_8859_1));
      case 4 -> program.set(at, draws.of(program));
      case 5 -> program.add(at, draws.of(foreign));
      case 6 -> {
        byte[] changed = program.get(at).clone();
        if (changed.length > 1) {
          ByteMutations.number(changed, 1 + draws.below(changed.length - 1), draws);
        }
        program.set(at, changed);
      }
      default -> {
        int end = Math.min(program.size(), at + draws.few(16));
        List<byte[]> part = List.copyOf(program.subList(at, end));
        for (int times = draws.few(3000); times > 0 && program.size() < 60_000; times--) {
          program.addAll(at, part);
        }
      }
    }
  }
}
