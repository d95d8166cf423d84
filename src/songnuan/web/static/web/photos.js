// Photos made smaller on the device before they are sent: <div data-photos data-most="6" …>.
//
// What a canvas draws has no place and no camera in it any more; the house makes each photo anew all the same.
// A browser that can't do it sends the photo as it is.

const LONGEST = 1600;
const PREVIEW = 160;

const drawn = (image, side) => {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
};

const blobOf = (canvas) => new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });

const smaller = async (file) => {
  const image = await createImageBitmap(file);
  const blob = await blobOf(drawn(image, LONGEST));
  const preview = drawn(image, PREVIEW).toDataURL("image/jpeg", 0.7);
  image.close();
  const name = `${file.name.replace(/\.[^.]*$/, "")}.jpg`;
  return { file: blob ? new File([blob], name, { type: "image/jpeg" }) : file, preview };
};

const setUp = (box) => {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-photos-list]");
  const said = box.querySelector("[data-photos-said]");
  const most = Number(box.dataset.most);
  let kept = [];

  const show = () => {
    const files = new DataTransfer();
    for (const photo of kept) files.items.add(photo.file);
    input.files = files.files;
    list.replaceChildren(...kept.map((photo, index) => {
      const item = document.createElement("li");
      const image = document.createElement("img");
      image.src = photo.preview;
      image.alt = photo.file.name;
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "button plain";
      drop.textContent = box.dataset.remove.replace("{number}", index + 1);
      drop.addEventListener("click", () => {
        kept.splice(index, 1);
        show();
        said.textContent = box.dataset.chosen.replace("{count}", kept.length);
        (list.querySelector("button") || input).focus();
      });
      item.append(image, drop);
      return item;
    }));
  };

  const take = async (files) => {
    const notes = [];
    said.textContent = box.dataset.shrinking;
    for (const file of files) {
      if (kept.length === most) {
        notes.push(box.dataset.many.replace("{most}", most));
        break;
      }
      try {
        kept.push(await smaller(file));
      } catch {
        notes.push(box.dataset.unread.replace("{name}", file.name));
      }
    }
    show();
    said.textContent = [box.dataset.chosen.replace("{count}", kept.length), ...notes].join(" ");
  };

  input.addEventListener("change", () => take([...input.files]));
  // Brought along from the page before, when something else on it was wrong.
  if (input.files.length) take([...input.files]);
};

const setUpAll = (root) => root.querySelectorAll("[data-photos]").forEach(setUp);

setUpAll(document);
document.addEventListener("songnuan:page", (event) => setUpAll(event.target));
