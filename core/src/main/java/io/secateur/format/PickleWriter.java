package io.secateur.format;

import io.secateur.nn.WeightTensor;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes a model's pickle (protocol 2) as {@code torch.save} does: the scalars, then the nested
 * dicts, innermost an OrderedDict from names to tensors whose storages are called 0, 1, 2 and so on
 * in the order of the weights.
 */
final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private PickleWriter() {}

  /** The pickle of {@code model}. */
  static byte[] write(ModelFile model) {
    PickleWriter writer = new PickleWriter();
    writer.bytes(0x80, 2);
    writer.model(model);
    writer.bytes('.');
    return writer.out.toByteArray();
  }

  private void model(ModelFile model) {
    List<String> path = model.path();
    if (path.isEmpty()) {
      orderedDict(model);
      return;
    }
    for (int depth = 0; depth < path.size(); depth++) {
      bytes('}', '(');
      if (depth == 0) {
        scalars(model);
      }
      text(path.get(depth));
    }
    orderedDict(model);
    path.forEach(key -> bytes('u'));
  }

  private void orderedDict(ModelFile model) {
    global("collections", "OrderedDict");
    bytes(')', 'R', '(');
    int storage = 0;
    for (Map.Entry<String, WeightTensor> entry : model.weights().asMap().entrySet()) {
      text(model.prefix() + entry.getKey());
      tensor(storage++, entry.getValue());
    }
    if (model.path().isEmpty()) {
      scalars(model);
    }
    bytes('u');
  }

  private void tensor(int storage, WeightTensor tensor) {
    int[] shape = tensor.shape();
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= Math.max(shape[d], 1);
    }
    global("torch._utils", "_rebuild_tensor_v2");
    bytes('(', '(');
    text("storage");
    global("torch", PickleGlobals.storageClass(tensor.type()));
    text(Integer.toString(storage));
    text("cpu");
    whole(tensor.size());
    bytes('t', 'Q');
    whole(0);
    bytes('(');
    for (int extent : shape) {
      whole(extent);
    }
    bytes('t', '(');
    for (long step : strides) {
      whole(step);
    }
    bytes('t', 0x89); // requires no gradient
    global("collections", "OrderedDict");
    bytes(')', 'R', 't', 'R'); // no hooks
  }

  private void scalars(ModelFile model) {
    model
        .scalars()
        .forEach(
            (key, value) -> {
              text(key);
              scalar(value);
            });
  }

  private void scalar(Scalar scalar) {
    if (scalar instanceof Scalar.Text text) {
      text(text.value());
    } else if (scalar instanceof Scalar.Whole whole) {
      whole(whole.value());
    } else if (scalar instanceof Scalar.Real real) {
      bytes('G');
      out.writeBytes(ByteBuffer.allocate(8).putDouble(real.value()).array());
    } else if (scalar instanceof Scalar.Truth truth) {
      bytes(truth.value() ? 0x88 : 0x89);
    } else {
      bytes('N');
    }
  }

  private void global(String module, String name) {
    bytes('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    bytes('X');
    int32(utf8.length);
    out.writeBytes(utf8);
  }

  private void whole(long value) {
    if (value >= 0 && value < 256) {
      bytes('K', (int) value);
    } else if (value == (int) value) {
      bytes('J');
      int32((int) value);
    } else {
      byte[] bigEndian = BigInteger.valueOf(value).toByteArray();
      bytes(0x8a, bigEndian.length);
      for (int i = bigEndian.length - 1; i >= 0; i--) {
        bytes(bigEndian[i]);
      }
    }
  }

  private void int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void bytes(int... values) {
    for (int value : values) {
      out.write(value);
    }
  }
}
