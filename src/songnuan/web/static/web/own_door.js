// A person's own link carries the code behind a #, which no browser sends on: it is entered, and taken out of
// the address, so that it stands in no history.

const code = document.getElementById("id_code");
const ending = document.getElementById("id_ending");
const carried = decodeURIComponent(location.hash.slice(1));

if (code && /^[0-9A-Za-z]{4}(-[0-9A-Za-z]{4}){2}$/.test(carried)) {
  code.value = carried;
  history.replaceState(null, "", location.pathname);
  ending.focus();
}
