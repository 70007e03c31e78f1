package io.secateur.format;

import io.secateur.nn.ElementType;
import io.secateur.nn.HalfPrecision;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Models to write and read again. */
final class SampleModels {
  private SampleModels() {}

  /** Random tensors of every type and of zero to four dimensions, some of them empty. */
  static Weights weights(Random random) {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      tensors.put("layer" + i + ".weight\u00e9 \"" + i, tensor(random));
    }
    return Weights.of(tensors);
  }

  private static WeightTensor tensor(Random random) {
    ElementType type = ElementType.values()[random.nextInt(ElementType.values().length)];
    int[] shape = new int[random.nextInt(5)];
    int size = 1;
    for (int d = 0; d < shape.length; d++) {
      shape[d] = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(5);
      size *= shape[d];
    }
    if (type.floating()) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        float value = (float) random.nextGaussian();
        values[i] =
            switch (type) {
              case F16 -> HalfPrecision.halfToFloat(HalfPrecision.floatToHalf(value));
              case BF16 -> Float.intBitsToFloat(Float.floatToIntBits(value) & 0xffff0000);
              default -> value;
            };
      }
      return WeightTensor.ofFloats(type, shape, values);
    }
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      long any = random.nextLong();
      values[i] =
          switch (type) {
            case BOOL -> any & 1;
            case U8 -> any & 0xff;
            case I8 -> (byte) any;
            case I16 -> (short) any;
            case I32 -> (int) any;
            default -> any;
          };
    }
    return WeightTensor.ofIntegers(type, shape, values);
  }

  /** A checkpoint of {@code weights} with a prefix, nesting and every kind of scalar. */
  static ModelFile checkpoint(Weights weights) {
    Map<String, Scalar> scalars = new LinkedHashMap<>();
    scalars.put("epoch", new Scalar.Whole(300));
    scalars.put("seed", new Scalar.Whole(-7_000_000_000L));
    scalars.put("best_acc", new Scalar.Real(93.25));
    scalars.put("arch", new Scalar.Text("r\u00e9snet"));
    scalars.put("amp", new Scalar.Truth(true));
    scalars.put("note", new Scalar.Nothing());
    Map<String, String> metadata = new LinkedHashMap<>();
    scalars.forEach((name, scalar) -> metadata.put(name, scalar.toString()));
    return new ModelFile(
        ModelFile.Layout.TORCH_ZIP, weights, "module.", List.of("outer", "net"), metadata, scalars);
  }

  static byte[] bytes(ModelFile model) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ModelFiles.write(model, out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Path file(Path folder, byte[] content) throws IOException {
    return Files.write(folder.resolve("model.pth"), content);
  }
}
