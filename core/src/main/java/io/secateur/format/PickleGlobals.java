package io.secateur.format;

import static java.util.Map.entry;

import io.secateur.format.PickleValue.Bytes;
import io.secateur.format.PickleValue.Global;
import io.secateur.format.PickleValue.Mapping;
import io.secateur.format.PickleValue.NumpyType;
import io.secateur.format.PickleValue.Opaque;
import io.secateur.format.PickleValue.Real;
import io.secateur.format.PickleValue.Sequence;
import io.secateur.format.PickleValue.Storage;
import io.secateur.format.PickleValue.Tensor;
import io.secateur.format.PickleValue.Text;
import io.secateur.format.PickleValue.Truth;
import io.secateur.format.PickleValue.Whole;
import io.secateur.nn.ElementType;
import io.secateur.nn.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The only Python names that a pickle may use, and what "calling" each means here: building a plain
 * value. Any other name ends the reading, whatever the pickle wanted with it.
 */
final class PickleGlobals {
  private static final Map<String, ElementType> STORAGES =
      Map.ofEntries(
          entry("FloatStorage", ElementType.F32),
          entry("DoubleStorage", ElementType.F64),
          entry("HalfStorage", ElementType.F16),
          entry("BFloat16Storage", ElementType.BF16),
          entry("LongStorage", ElementType.I64),
          entry("IntStorage", ElementType.I32),
          entry("ShortStorage", ElementType.I16),
          entry("CharStorage", ElementType.I8),
          entry("ByteStorage", ElementType.U8),
          entry("BoolStorage", ElementType.BOOL));

  private static final Set<String> CONSTRUCTORS =
      Set.of(
          "collections.OrderedDict",
          "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter",
          "torch.Size",
          "numpy.core.multiarray.scalar",
          "numpy._core.multiarray.scalar",
          "numpy.dtype",
          "_codecs.encode");

  /** Harmless classes found in training checkpoints; their objects come out empty. */
  private static final Set<String> DROPPED =
      Set.of(
          "argparse.Namespace",
          "collections.defaultdict",
          "collections.Counter",
          "torch.device",
          "pathlib.Path",
          "pathlib.PosixPath",
          "pathlib.WindowsPath",
          "pathlib._local.PosixPath",
          "pathlib._local.WindowsPath",
          "numpy.ndarray",
          "numpy.core.multiarray._reconstruct",
          "numpy._core.multiarray._reconstruct",
          "builtins.set",
          "builtins.dict",
          "builtins.list",
          "builtins.int",
          "builtins.float",
          "builtins.str",
          "__builtin__.set",
          "__builtin__.dict",
          "__builtin__.list",
          "__builtin__.int",
          "__builtin__.float",
          "__builtin__.str",
          "torch.float16",
          "torch.bfloat16",
          "torch.float32",
          "torch.float64",
          "torch.int64",
          "torch.int32");

  private static final Set<String> DANGEROUS_MODULES =
      Set.of(
          "os",
          "posix",
          "nt",
          "subprocess",
          "builtins",
          "__builtin__",
          "sys",
          "runpy",
          "importlib",
          "shutil",
          "socket",
          "pty",
          "ctypes",
          "code",
          "codeop",
          "webbrowser",
          "pickle",
          "_pickle",
          "types",
          "operator",
          "functools",
          "pip",
          "urllib",
          "requests",
          "asyncio",
          "multiprocessing",
          "timeit",
          "pdb",
          "bdb",
          "marshal");

  private PickleGlobals() {}

  /**
   * The Python name {@code module.name}, if it may be used.
   *
   * @throws Malformed naming it, if not
   */
  static Global allowed(String module, String name) {
    Global global = new Global(module, name);
    String full = global.fullName();
    if (CONSTRUCTORS.contains(full) || DROPPED.contains(full) || storageType(global) != null) {
      return global;
    }
    if (full.equals("torch.storage._load_from_bytes")
        || full.equals("torch.storage.UntypedStorage")) {
      throw new Malformed(
          "uses " + full + ", a storage inside a pickle, which is not read; save tensors instead");
    }
    int dot = module.indexOf('.');
    if (DANGEROUS_MODULES.contains(dot < 0 ? module : module.substring(0, dot))) {
      throw new Malformed(
          "its pickle wants to call "
              + Malformed.quote(full)
              + "; refused, nothing of it was executed");
    }
    throw new Malformed(
        "its pickle refers to the Python name "
            + Malformed.quote(full)
            + ", not only to tensors; refused, nothing of it was executed (save model.state_dict() instead)");
  }

  /** The element type of {@code torch.FloatStorage} and its kin; null for other names. */
  static @Nullable ElementType storageType(Global global) {
    boolean torch = global.module().equals("torch") || global.module().equals("torch.cuda");
    return torch ? STORAGES.get(global.name()) : null;
  }

  /** The name of the storage class for {@code type}: "FloatStorage". */
  static String storageClass(ElementType type) {
    return STORAGES.entrySet().stream()
        .filter(storage -> storage.getValue() == type)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /** The value that {@code function(arguments)} stands for. */
  static PickleValue call(Global function, List<PickleValue> arguments) {
    String full = function.fullName();
    if (DROPPED.contains(full)) {
      return new Opaque(full);
    }
    return switch (full) {
      case "collections.OrderedDict" -> orderedDict(arguments);
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
          tensor(full, arguments);
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter" ->
          argument(full, arguments, 0, Tensor.class);
      case "torch.Size" -> argument(full, arguments, 0, Sequence.class);
      case "numpy.dtype" -> new NumpyType(argument(full, arguments, 0, Text.class).value());
      case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar" ->
          numpyScalar(full, arguments);
      case "_codecs.encode" -> encoded(full, arguments);
      default ->
          throw new Malformed(
              "its pickle calls " + Malformed.quote(full) + ", which cannot be called");
    };
  }

  private static Mapping orderedDict(List<PickleValue> arguments) {
    Mapping mapping = new Mapping();
    if (arguments.isEmpty()) {
      return mapping;
    }
    for (PickleValue item : argument("OrderedDict", arguments, 0, Sequence.class).items) {
      if (!(item instanceof Sequence pair) || pair.items.size() != 2) {
        throw new Malformed("its pickle makes an OrderedDict of something other than pairs");
      }
      mapping.put(pair.items.get(0), pair.items.get(1));
    }
    return mapping;
  }

  private static Tensor tensor(String full, List<PickleValue> arguments) {
    TorchStorage storage = argument(full, arguments, 0, Storage.class).reference;
    long offset = argument(full, arguments, 1, Whole.class).value();
    long[] shape = wholes(full, argument(full, arguments, 2, Sequence.class));
    long[] strides = wholes(full, argument(full, arguments, 3, Sequence.class));
    return new Tensor(new TensorView(storage, offset, shape, strides));
  }

  private static long[] wholes(String full, Sequence sequence) {
    if (sequence.items.size() > TensorView.MOST_DIMENSIONS) {
      throw new Malformed("has a tensor of " + sequence.items.size() + " dimensions");
    }
    long[] values = new long[sequence.items.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = argument(full, sequence.items, i, Whole.class).value();
    }
    return values;
  }

  private static PickleValue numpyScalar(String full, List<PickleValue> arguments) {
    NumpyType type = argument(full, arguments, 0, NumpyType.class);
    byte[] raw = argument(full, arguments, 1, Bytes.class).value;
    ByteBuffer data =
        ByteBuffer.wrap(raw).order(type.bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    return switch (type.code + "/" + raw.length) {
      case "f8/8" -> new Real(data.getDouble());
      case "f4/4" -> new Real(data.getFloat());
      case "f2/2" -> new Real(HalfPrecision.halfToFloat(data.getShort()));
      case "i8/8" -> new Whole(data.getLong());
      case "i4/4" -> new Whole(data.getInt());
      case "b1/1" -> new Truth(data.get() != 0);
      default -> new Opaque(full);
    };
  }

  /** Python's own way to write bytes in old protocols: each character is one byte. */
  private static Bytes encoded(String full, List<PickleValue> arguments) {
    String encoding = argument(full, arguments, 1, Text.class).value();
    if (!encoding.equals("latin1") && !encoding.equals("latin-1")) {
      throw new Malformed(
          "its pickle encodes text as " + Malformed.quote(encoding) + ", expected latin1");
    }
    return new Bytes(
        argument(full, arguments, 0, Text.class).value().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static <T extends PickleValue> T argument(
      String function, List<PickleValue> arguments, int index, Class<T> type) {
    if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
      throw new Malformed(
          "its pickle calls "
              + function
              + " with a wrong argument "
              + index
              + ", expected "
              + type.getSimpleName());
    }
    return type.cast(arguments.get(index));
  }
}
