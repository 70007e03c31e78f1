package io.secateur.format;

import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads safetensors: a 64-bit header length, a JSON header, the data. The data must be covered by
 * the tensors without a gap or an overlap, as the format's own library demands.
 *
 * <p>Source: {@code safetensors/src/tensor.rs}.
 */
final class SafetensorsReader {
  private SafetensorsReader() {}

  /** The tensors of {@code in}, which holds the whole file. */
  static ModelFile read(PickleInput in) throws IOException {
    MemoryBudget budget = new MemoryBudget(in.remaining());
    SafetensorsHeader header = SafetensorsHeader.read(in);
    List<SafetensorsHeader.Entry> byPosition = new ArrayList<>(header.tensors());
    byPosition.sort(
        Comparator.comparingLong(SafetensorsHeader.Entry::begin)
            .thenComparing(SafetensorsHeader.Entry::end));
    long end = 0;
    for (SafetensorsHeader.Entry entry : byPosition) {
      check(entry, end);
      budget.takeTensor(entry.name(), entry.type(), TensorView.elements(entry.shape()));
      end = entry.end();
    }
    if (end != in.remaining()) {
      throw new Malformed(
          "has " + in.remaining() + " bytes of data, its header describes " + Malformed.count(end));
    }
    Map<String, WeightTensor> decoded = new HashMap<>();
    for (SafetensorsHeader.Entry entry : byPosition) {
      decoded.put(entry.name(), decode(entry, in.bytes(entry.end() - entry.begin())));
    }
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    for (SafetensorsHeader.Entry entry : header.tensors()) {
      WeightTensor tensor = decoded.get(entry.name());
      if (tensor != null) {
        tensors.put(entry.name(), tensor);
      }
    }
    NamePrefix prefix = NamePrefix.of(tensors.keySet());
    return new ModelFile(
        ModelFile.Layout.SAFETENSORS,
        Weights.of(prefix.strip(tensors)),
        prefix.text(),
        List.of(),
        header.metadata(),
        Map.of());
  }

  private static void check(SafetensorsHeader.Entry entry, long expectedBegin) {
    String who = "tensor " + Malformed.quote(entry.name());
    long size = TensorView.elements(entry.shape());
    if (entry.shape().length > TensorView.MOST_DIMENSIONS || size < 0) {
      throw new Malformed(who + " has a shape that is too large or negative");
    }
    if (entry.begin() != expectedBegin || entry.end() < entry.begin()) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "%s lies at bytes %d to %d of the data, expected to begin at %d (no gaps, no overlaps)",
              who,
              entry.begin(),
              entry.end(),
              expectedBegin));
    }
    long bytes = size * entry.type().bytes();
    if (entry.end() - entry.begin() != bytes || bytes > Integer.MAX_VALUE - 16) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "%s claims %s values of %s, the file gives it %s bytes",
              who,
              Malformed.count(size),
              entry.type(),
              Malformed.count(entry.end() - entry.begin())));
    }
  }

  private static WeightTensor decode(SafetensorsHeader.Entry entry, byte[] data) {
    int count = (int) TensorView.elements(entry.shape());
    TorchStorage all = new TorchStorage(entry.name(), entry.type(), count, 0, count);
    return new TensorView(all, 0, entry.shape(), rowMajor(entry.shape())).decode(data);
  }

  private static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= Math.max(shape[d], 1);
    }
    return strides;
  }
}
