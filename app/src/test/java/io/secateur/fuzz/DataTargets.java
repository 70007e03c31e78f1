package io.secateur.fuzz;

import io.secateur.data.Cifar10;
import io.secateur.data.FolderImages;
import io.secateur.data.Split;
import io.secateur.data.TinyImageNet;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The readers of images. */
final class DataTargets {
  private DataTargets() {}

  static List<Target> all() {
    return List.of(folder(), tinyImageNet(), cifar10());
  }

  private static Target folder() {
    byte[] jpeg = SeedImages.image("jpeg", BufferedImage.TYPE_INT_RGB, false);
    byte[] scans = SeedImages.image("jpeg", BufferedImage.TYPE_INT_RGB, true);
    byte[] grey = SeedImages.image("jpeg", BufferedImage.TYPE_BYTE_GRAY, false);
    byte[] deep = SeedImages.image("png", BufferedImage.TYPE_USHORT_GRAY, true);
    byte[] palette = SeedImages.image("png", BufferedImage.TYPE_BYTE_INDEXED, false);
    byte[] bits = SeedImages.image("png", BufferedImage.TYPE_BYTE_BINARY, false);
    byte[] bmp = SeedImages.image("bmp", BufferedImage.TYPE_INT_RGB, false);
    byte[] small = SeedImages.image("bmp", BufferedImage.TYPE_BYTE_INDEXED, false);
    byte[] png = SeedImages.png();
    return new Target(
        "images in folders",
        List.of("images/a/1.png", "images/b/1.jpg", "images/b/2.bmp"),
        List.of(
            List.of(png, jpeg, bmp),
            List.of(SeedImages.masked(), scans, small),
            List.of(deep, grey, bmp),
            List.of(palette, jpeg, small),
            List.of(bits, scans, bmp)),
        List.of(ImageMutations::of, ImageMutations::of, ImageMutations::of),
        root -> FolderImages.read(root.resolve("images"), Optional.empty()));
  }

  private static Target tinyImageNet() {
    byte[] jpeg = SeedImages.image("jpeg", BufferedImage.TYPE_INT_RGB, false);
    List<FuzzZip.Entry> entries = new ArrayList<>();
    entries.add(text("tiny/wnids.txt", "n01\nn02\n"));
    entries.add(text("tiny/words.txt", "n01\tgoldfish, Carassius\nn02\tfrog\nn03\tcat\n"));
    for (String id : List.of("n01", "n02")) {
      for (int i = 0; i < 4; i++) {
        String name = "tiny/train/" + id + "/images/" + id + "_" + i + ".JPEG";
        entries.add(new FuzzZip.Entry(name, i == 0 ? SeedImages.png() : jpeg, i % 2 == 0));
      }
    }
    entries.add(
        text("tiny/val/val_annotations.txt", "a.JPEG\tn01\t0\t0\nb.JPEG\tn02\nc.JPEG\tn09\n"));
    entries.add(new FuzzZip.Entry("tiny/val/images/a.JPEG", jpeg, true));
    entries.add(new FuzzZip.Entry("tiny/val/images/b.JPEG", jpeg, false));
    return new Target(
        "Tiny ImageNet in a zip",
        List.of("tiny.zip"),
        List.of(List.of(FuzzZip.write(entries))),
        List.of(new ZipMutations(DataTargets::entry)),
        root -> {
          TinyImageNet.read(root.resolve("tiny.zip"), Split.TEST);
          TinyImageNet.read(root.resolve("tiny.zip"), Split.TRAIN);
        });
  }

  private static FuzzZip.Entry text(String name, String text) {
    return new FuzzZip.Entry(name, text.getBytes(StandardCharsets.UTF_8), true);
  }

  private static Mutation entry(String name) {
    return name.endsWith(".txt") ? TextMutations::of : ImageMutations::of;
  }

  private static Target cifar10() {
    byte[] names =
        "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n"
            .getBytes(StandardCharsets.UTF_8);
    return new Target(
        "CIFAR-10",
        List.of("cifar/test_batch.bin", "cifar/batches.meta.txt"),
        List.of(List.of(new byte[3073], names), List.of(new byte[2 * 3073], new byte[0])),
        List.of(ByteMutations::of, TextMutations::of),
        root -> Cifar10.read(root.resolve("cifar"), Split.TEST));
  }
}
