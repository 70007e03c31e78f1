package io.secateur.format;

import io.secateur.format.PickleValue.Global;
import io.secateur.format.PickleValue.Mapping;
import io.secateur.format.PickleValue.None;
import io.secateur.format.PickleValue.NumpyType;
import io.secateur.format.PickleValue.Opaque;
import io.secateur.format.PickleValue.Real;
import io.secateur.format.PickleValue.Sequence;
import io.secateur.format.PickleValue.Storage;
import io.secateur.format.PickleValue.Text;
import io.secateur.format.PickleValue.Truth;
import io.secateur.format.PickleValue.Whole;
import io.secateur.nn.ElementType;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads one pickle (protocols 0 to 5) into inert {@link PickleValue}s. A pickle is a program for a
 * stack machine whose only dangerous instruction is to call any Python name; here {@link
 * PickleGlobals} alone decides which names exist, and calling one builds data. Nothing recurses;
 * steps, memory and nesting are bounded.
 *
 * <p>Source: Python's {@code Lib/pickletools.py} and {@code torch/serialization.py}.
 */
final class PickleReader {
  /**
   * Instructions and copied items of one pickle; a checkpoint of 10,000 tensors needs about a
   * tenth.
   */
  static final int MOST_STEPS = 3_000_000;

  /** Bytes of one pickle without its storages. */
  static final long MOST_BYTES = 64L << 20;

  private static final int MOST_OPEN_MARKS = 10_000;

  private final PickleInput in;
  private final PickleLiterals literals;
  private final long start;
  private final Map<Long, PickleValue> memo = new HashMap<>();
  private final Map<String, TorchStorage> storages = new HashMap<>();
  private final Deque<List<PickleValue>> outer = new ArrayDeque<>();
  private List<PickleValue> stack = new ArrayList<>();
  private int steps;

  private PickleReader(PickleInput in) {
    this.in = in;
    this.literals = new PickleLiterals(in);
    this.start = in.position();
  }

  /**
   * What a pickle holds.
   *
   * @param value the value itself
   * @param storages every storage it refers to, by key
   */
  record Content(PickleValue value, Map<String, TorchStorage> storages) {}

  /** The value of the pickle that begins at {@code in}; see {@link #readContent}. */
  static PickleValue read(PickleInput in) throws IOException {
    return readContent(in).value();
  }

  /**
   * The content of the pickle that begins at {@code in}, which is left behind the pickle's end.
   *
   * @throws Malformed if it is damaged, too large, or refers to anything but plain tensors
   */
  static Content readContent(PickleInput in) throws IOException {
    PickleReader reader = new PickleReader(in);
    try {
      return new Content(reader.run(), reader.storages);
    } catch (EOFException e) {
      throw new Malformed("ends in the middle of its pickle, at byte " + in.position(), e);
    }
  }

  private PickleValue run() throws IOException {
    while (true) {
      charge(1);
      int opcode = in.unsignedByte();
      if (opcode == '.') {
        return pop();
      }
      execute(opcode);
      if (in.position() - start > MOST_BYTES) {
        throw new Malformed("has a pickle of more than " + MOST_BYTES + " bytes");
      }
    }
  }

  private void execute(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> protocol(in.unsignedByte());
      case 0x95 -> in.littleEndian(8); // FRAME: only a hint for buffering

      case '(' -> mark();
      case '0' -> popOrMark();
      case '1' -> toMark();
      case '2' -> push(peek());

      case 'N' -> push(None.NONE);
      case 0x88 -> push(new Truth(true));
      case 0x89 -> push(new Truth(false));
      case 'I' -> push(literals.decimalOrTruth());
      case 'J' -> push(new Whole((int) in.littleEndian(4)));
      case 'K' -> push(new Whole(in.littleEndian(1)));
      case 'M' -> push(new Whole(in.littleEndian(2)));
      case 'L' -> push(literals.decimal());
      case 0x8a -> push(literals.integer(1));
      case 0x8b -> push(literals.integer(4));
      case 'F' -> push(literals.real());
      case 'G' -> push(new Real(Double.longBitsToDouble(Long.reverseBytes(in.littleEndian(8)))));

      case 'S' -> push(literals.quotedText());
      case 'T' -> push(literals.textOrBytes(4));
      case 'U' -> push(literals.textOrBytes(1));
      case 'V' -> push(literals.textLine());
      case 'X' -> push(literals.text(4));
      case 0x8c -> push(literals.text(1));
      case 0x8d -> push(literals.text(8));
      case 'B' -> push(literals.bytes(4));
      case 'C' -> push(literals.bytes(1));
      case 0x8e, 0x96 -> push(literals.bytes(8));

      case ')' -> push(new Sequence());
      case 't', 'l', 0x91 -> push(new Sequence(toMark()));
      case 0x85 -> push(tuple(1));
      case 0x86 -> push(tuple(2));
      case 0x87 -> push(tuple(3));
      case ']', 0x8f -> push(new Sequence());
      case 'a' -> extend(tuple(1).items);
      case 'e', 0x90 -> extend(toMark());
      case '}' -> push(new Mapping());
      case 'd' -> push(filled(new Mapping(), toMark()));
      case 's' -> fill(tuple(2).items);
      case 'u' -> fill(toMark());

      case 'p' -> memorize(memoIndex());
      case 'q' -> memorize(in.littleEndian(1));
      case 'r' -> memorize(in.littleEndian(4));
      case 0x94 -> memorize(memo.size());
      case 'g' -> push(remembered(memoIndex()));
      case 'h' -> push(remembered(in.littleEndian(1)));
      case 'j' -> push(remembered(in.littleEndian(4)));

      case 'c' -> push(PickleGlobals.allowed(literals.line(), literals.line()));
      case 'i' -> refuseInstance(PickleGlobals.allowed(literals.line(), literals.line()));
      case 0x93 -> stackGlobal();
      case 'R' -> call();
      case 0x81 -> call();
      case 'b' -> build();
      case 'Q' -> pushStorage(pop());
      default ->
          throw new Malformed(
              String.format(
                  Locale.ROOT,
                  "has the pickle instruction 0x%02x at byte %d, which is not read",
                  opcode,
                  in.position()));
    }
  }

  private void charge(int units) {
    steps += Math.min(units, MOST_STEPS);
    if (steps > MOST_STEPS) {
      throw new Malformed("has a pickle of more than " + MOST_STEPS + " steps");
    }
  }

  private static void protocol(int version) {
    if (version > 5) {
      throw new Malformed("has a pickle of protocol " + version + ", known are 0 to 5");
    }
  }

  // The stack: `stack` is the part above the latest mark, `outer` keeps the parts below.

  private void push(PickleValue value) {
    stack.add(value);
  }

  private PickleValue peek() {
    if (stack.isEmpty()) {
      throw new Malformed(
          "has a pickle that takes a value from an empty stack, at byte " + in.position());
    }
    return stack.get(stack.size() - 1);
  }

  private PickleValue pop() {
    PickleValue top = peek();
    stack.remove(stack.size() - 1);
    return top;
  }

  private void mark() {
    if (outer.size() >= MOST_OPEN_MARKS) {
      throw new Malformed("has a pickle nested more than " + MOST_OPEN_MARKS + " deep");
    }
    outer.push(stack);
    stack = new ArrayList<>(4);
  }

  private void popOrMark() {
    if (stack.isEmpty() && !outer.isEmpty()) {
      toMark();
    } else {
      pop();
    }
  }

  private List<PickleValue> toMark() {
    if (outer.isEmpty()) {
      throw new Malformed(
          "has a pickle that ends a group it never began, at byte " + in.position());
    }
    List<PickleValue> group = stack;
    stack = outer.pop();
    return group;
  }

  private Sequence tuple(int size) {
    PickleValue[] items = new PickleValue[size];
    for (int i = size - 1; i >= 0; i--) {
      items[i] = pop();
    }
    return new Sequence(new ArrayList<>(Arrays.asList(items)));
  }

  // Containers.

  private void extend(List<PickleValue> items) {
    PickleValue target = peek();
    if (target instanceof Sequence sequence) {
      charge(items.size());
      sequence.items.addAll(List.copyOf(items));
    } else if (!(target instanceof Opaque)) {
      throw new Malformed(
          "has a pickle that appends to something other than a list, at byte " + in.position());
    }
  }

  private void fill(List<PickleValue> items) {
    PickleValue target = peek();
    if (target instanceof Mapping mapping) {
      filled(mapping, items);
    } else if (!(target instanceof Opaque)) {
      throw new Malformed(
          "has a pickle that sets items of something other than a dict, at byte " + in.position());
    }
  }

  private Mapping filled(Mapping mapping, List<PickleValue> items) {
    if (items.size() % 2 != 0) {
      throw new Malformed(
          "has a pickle with a dict key that has no value, at byte " + in.position());
    }
    for (int i = 0; i < items.size(); i += 2) {
      mapping.put(items.get(i), items.get(i + 1));
    }
    return mapping;
  }

  // The memo: values that the pickle refers to again.

  private void memorize(long index) {
    if (index > MOST_STEPS) {
      throw new Malformed("has a pickle with the memo index " + index + ", at most " + MOST_STEPS);
    }
    memo.put(index, peek());
  }

  private PickleValue remembered(long index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw new Malformed(
          "has a pickle that recalls what it never stored ("
              + index
              + "), at byte "
              + in.position());
    }
    return value;
  }

  private long memoIndex() throws IOException {
    if (literals.decimal() instanceof Whole index && index.value() >= 0) {
      return index.value();
    }
    throw new Malformed("has a pickle with a memo index that is none, at byte " + in.position());
  }

  // Names, calls and storages.

  private void stackGlobal() {
    Sequence names = tuple(2);
    if (names.items.get(0) instanceof Text module && names.items.get(1) instanceof Text name) {
      push(PickleGlobals.allowed(module.value(), name.value()));
    } else {
      throw new Malformed(
          "has a pickle with a Python name that is no text, at byte " + in.position());
    }
  }

  private void call() {
    PickleValue arguments = pop();
    PickleValue function = pop();
    if (!(function instanceof Global global) || !(arguments instanceof Sequence sequence)) {
      throw new Malformed(
          "has a pickle that calls something other than a name, at byte " + in.position());
    }
    for (PickleValue argument : sequence.items.subList(0, Math.min(sequence.items.size(), 8))) {
      if (argument instanceof Sequence nested) {
        charge(nested.items.size());
      } else if (argument instanceof Text text) {
        charge(text.value().length() / 16);
      }
    }
    push(PickleGlobals.call(global, sequence.items));
  }

  private static void refuseInstance(Global global) {
    throw new Malformed(
        "its pickle makes an instance of " + global.fullName() + " in a way that is not read");
  }

  /**
   * Gives the object below the top its attributes; those of an ordered dict (PyTorch's versions)
   * are dropped.
   */
  private void build() {
    PickleValue state = pop();
    PickleValue target = peek();
    if (target instanceof NumpyType type) {
      type.bigEndian =
          state instanceof Sequence parts
              && parts.items.size() > 1
              && parts.items.get(1) instanceof Text order
              && order.value().equals(">");
    } else if (!(target instanceof Mapping) && !(target instanceof Opaque)) {
      throw new Malformed(
          "has a pickle that gives attributes to a plain value, at byte " + in.position());
    }
  }

  /**
   * {@code ('storage', class, key, device, count)}, in old files with a sixth item: None or a view.
   */
  private void pushStorage(PickleValue id) {
    TorchStorage storage = storage(id);
    storages.putIfAbsent(storage.key(), storage);
    push(new Storage(storage));
  }

  private static TorchStorage storage(PickleValue id) {
    if (id instanceof Sequence parts
        && (parts.items.size() == 5 || parts.items.size() == 6)
        && parts.items.get(0) instanceof Text tag
        && tag.value().equals("storage")
        && parts.items.get(1) instanceof Global global
        && parts.items.get(2) instanceof Text key
        && parts.items.get(4) instanceof Whole count) {
      ElementType type = PickleGlobals.storageType(global);
      PickleValue view = parts.items.size() == 6 ? parts.items.get(5) : None.NONE;
      if (type != null && view == None.NONE) {
        return new TorchStorage(key.value(), type, count.value(), 0, count.value());
      }
      if (type != null
          && view instanceof Sequence window
          && window.items.size() == 3
          && window.items.get(1) instanceof Whole offset
          && window.items.get(2) instanceof Whole size) {
        return new TorchStorage(key.value(), type, count.value(), offset.value(), size.value());
      }
    }
    throw new Malformed(
        "has a reference to outside data that is no PyTorch storage of a known type");
  }
}
