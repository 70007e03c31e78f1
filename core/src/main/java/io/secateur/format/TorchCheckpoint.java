package io.secateur.format;

import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** From an opened PyTorch file to the network in it: which tensors, then their numbers. */
final class TorchCheckpoint {
  private TorchCheckpoint() {}

  /** The network of {@code archive}, which comes from a file of {@code fileBytes}. */
  static ModelFile read(
      TorchArchive archive, ModelFile.Layout layout, long fileBytes, ReadOptions options)
      throws IOException {
    StateDict dict = StateDict.find(archive.root(), options.key());
    Map<String, WeightTensor> tensors =
        decode(archive, dict.tensors(), new MemoryBudget(fileBytes));
    Map<String, String> metadata = new LinkedHashMap<>();
    dict.scalars().forEach((name, scalar) -> metadata.put(name, scalar.toString()));
    NamePrefix prefix = NamePrefix.of(tensors.keySet());
    return new ModelFile(
        layout,
        Weights.of(prefix.strip(tensors)),
        prefix.text(),
        dict.path(),
        metadata,
        dict.scalars());
  }

  private static Map<String, WeightTensor> decode(
      TorchArchive archive, Map<String, TensorView> views, MemoryBudget budget) throws IOException {
    Map<String, List<String>> namesByStorage = new HashMap<>();
    Set<TorchStorage> wanted = new LinkedHashSet<>();
    views.forEach(
        (name, view) -> {
          view.check(name);
          budget.takeTensor(name, view.storage().type(), view.size());
          namesByStorage.computeIfAbsent(view.storage().key(), key -> new ArrayList<>()).add(name);
          wanted.add(view.storage());
        });
    Map<String, WeightTensor> decoded = new HashMap<>();
    archive.storages(
        wanted,
        budget,
        (key, data) -> {
          for (String name : namesByStorage.getOrDefault(key, List.of())) {
            decoded.put(name, viewOf(views, name).decode(data));
          }
        });
    Map<String, WeightTensor> inFileOrder = new LinkedHashMap<>();
    for (String name : views.keySet()) {
      WeightTensor tensor = decoded.get(name);
      if (tensor == null) {
        throw new Malformed("has no data for the tensor " + Malformed.quote(name));
      }
      inFileOrder.put(name, tensor);
    }
    return inFileOrder;
  }

  private static TensorView viewOf(Map<String, TensorView> views, String name) {
    TensorView view = views.get(name);
    if (view == null) {
      throw new IllegalStateException(name);
    }
    return view;
  }
}
