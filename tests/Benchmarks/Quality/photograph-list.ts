/**
 * Photographs among the wallpapers and puzzles of Debian 12, by package; what else the packages hold is drawn or
 * rendered. Each package names their authors and licences in /usr/share/doc/{package}/copyright.
 */
const LISTS: Record<string, string> = {
  // mate-backgrounds
  '/usr/share/backgrounds/mate/nature':
    'Aqua.jpg Blinds.jpg FreshFlower.jpg Garden.jpg GreenMeadow.jpg LadyBird.jpg RainDrops.jpg Storm.jpg TwoWings.jpg Wood.jpg YellowFlower.jpg',
  // plasma-workspace-wallpapers
  '/usr/share/wallpapers':
    'BytheWater ColdRipple ColorfulCups EveningGlow FallenLeaf Grey Kite OneStandsOut Path summer_1am',
  // lomiri-wallpapers-16.04, lomiri-wallpapers-20.04
  '/usr/share/backgrounds':
    'Bridge_by_Sander_Klootwijk.jpg Dragonfly_by_Bolly.jpg Picture_0B_by_freespace.jpg Picture_1A_by_freespace.jpg Wine_by_Jakkub_Mede.jpg ' +
    'aitzgorri_by_Aitzol_Berasategi.jpg free_by_Peter_Nerlich.jpg friends_by_Aitzol_Berasategi.jpg greentock_by_Peter_Nerlich.jpg ' +
    'life_by_Aitzol_Berasategi.jpg picosdeeuropa_by_Aitzol_Berasategi.jpg seeding_by_Clements_Engelhardt.jpg sunset_by_Aitzol_Berasategi.jpg Kleiber_by_Lukas_Baubkus.jpg',
  // lxqt-themes
  '/usr/share/lxqt/wallpapers':
    'Butterfly-Kenneth-Wimer.jpg Valendas.png after-the-rain.jpg appleflower.png beam.png butterfly.png cloud.png drop.png flowers.png fog.jpg this-is-not-windows.jpg',
  // palapeli-data
  '/usr/share/palapeli/collection': 'castle-maintenon.jpg cincinnati-bridge.jpg citrus-fruits.jpg european-honey-bee.jpg panther-chameleon-female.jpg',
};

/** Files, or for plasma-workspace-wallpapers the folders that hold one photograph in several sizes. */
export const PHOTOGRAPHS = Object.entries(LISTS).flatMap(([folder, names]) => names.split(' ').map((name) => `${folder}/${name}`));

/** What stands around the pictures: none of the photographs. */
export const WALLS = [
  '/usr/share/backgrounds/mate/abstract/Elephants.jpg',
  '/usr/share/wallpapers/Autumn/contents/images/2560x1600.jpg',
  '/usr/share/backgrounds/analogpattern_by_Peter_Nerlich.jpg',
];
