// The common emoji by their Slack names. Others (and an organisation's own) are shown as :name:.
const TABLE = `
+1 👍|-1 👎|thumbsup 👍|thumbsdown 👎|wave 👋|pray 🙏|clap 👏|raised_hands 🙌|raising_hand 🙋|muscle 💪|ok_hand 👌|point_right 👉|point_left 👈
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|wink 😉|thinking_face 🤔|joy 😂|sob 😭|tada 🎉|confetti_ball 🎊|eyes 👀
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫
warning ⚠️|rotating_light 🚨|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵
large_purple_circle 🟣|white_large_square ⬜|white_circle ⚪|black_circle ⚫|grey_question ❔|question ❓|exclamation ❗|grey_exclamation ❕|bangbang ‼️
information_source ℹ️|bulb 💡|fire 🔥|rocket 🚀|star ⭐|star2 🌟|sparkles ✨|zap ⚡|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢
hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|calendar 📅|date 📅|spiral_calendar_pad 🗓️|clock1 🕐|clock3 🕒
package 📦|inbox_tray 📥|outbox_tray 📤|clipboard 📋|memo 📝|pencil 📝|pencil2 ✏️|page_facing_up 📄|bookmark 🔖|label 🏷️|link 🔗
paperclip 📎|pushpin 📌|round_pushpin 📍|mag 🔍|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|hammer 🔨|wrench 🔧|gear ⚙️|hammer_and_wrench 🛠️
toolbox 🧰|construction 🚧|bug 🐛|test_tube 🧪|microscope 🔬|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊
moneybag 💰|dollar 💵|euro 💶|pound 💷|credit_card 💳|house 🏠|office 🏢|factory 🏭|cloud ☁️|snowflake ❄️|sunny ☀️|umbrella ☂️
handshake 🤝|runner 🏃|person_running 🏃|busts_in_silhouette 👥|bust_in_silhouette 👤|robot_face 🤖|ghost 👻|skull 💀|coffin ⚰️
headstone 🪦|recycle ♻️|arrows_counterclockwise 🔄|repeat 🔁|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️
arrow_upper_right ↗️|leftwards_arrow_with_hook ↩️|heavy_plus_sign ➕|heavy_minus_sign ➖|speech_balloon 💬|thought_balloon 💭|zzz 💤
heart ❤️|blue_heart 💙|green_heart 💚|broken_heart 💔|100 💯|one 1️⃣|two 2️⃣|three 3️⃣|trophy 🏆|medal 🏅|checkered_flag 🏁
triangular_flag_on_post 🚩|file_folder 📁|open_file_folder 📂|books 📚|floppy_disk 💾|desktop_computer 🖥️|computer 💻|cd 💿
satellite 🛰️|globe_with_meridians 🌐|whale 🐳|elephant 🐘|snake 🐍|coffee ☕|beers 🍻|cake 🍰|seedling 🌱|deciduous_tree 🌳|mailbox 📫
email 📧|envelope ✉️|phone 📞|sos 🆘|new 🆕|ok 🆗|up 🆙|soon 🔜|small_blue_diamond 🔹|small_orange_diamond 🔸|black_small_square ▪️
`;

const EMOJI = new Map(
  TABLE.trim().split(/[\n|]/).map((pair) => {
    const [name, sign] = pair.split(" ");
    return [name, sign];
  }),
);

const CODE = /:([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:/g;

export const emojiFor = (name) => EMOJI.get(name) ?? null;

/** Replaces the codes that are known; an unknown one stays as it was typed. */
export const emojify = (text) => text.replace(CODE, (code, name) => EMOJI.get(name) ?? code);

/** Offered first when a person adds a reaction. */
export const QUICK_REACTIONS = ["+1", "eyes", "white_check_mark", "tada", "pray", "raised_hands"];
